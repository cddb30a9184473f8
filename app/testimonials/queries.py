"""Testimonials by who may read them."""

from sqlalchemy import Select, select

from app.catalog.models import Product
from app.testimonials.models import Testimonial, TestimonialGoods
from app.testimonials.states import PUBLISHED, TO_DECIDE


def public_testimonials() -> Select[Testimonial]:
    """What everybody reads, newest first."""
    rows = select(Testimonial).where(Testimonial.state == PUBLISHED)
    return rows.order_by(Testimonial.published_at.desc(), Testimonial.id)


def public_about(slug: str) -> Select[Testimonial]:
    """Those whose authors chose the page of this product as well."""
    named = select(TestimonialGoods.testimonial_id).join(Product, Product.id == TestimonialGoods.product_id)
    return public_testimonials().where(Testimonial.on_products, Testimonial.id.in_(named.where(Product.slug == slug)))


def testimonials_of(account_id: int) -> Select[Testimonial]:
    """A member's own, newest first."""
    mine = select(Testimonial).where(Testimonial.account_id == account_id)
    return mine.order_by(Testimonial.sent_at.desc(), Testimonial.id)


def testimonials_in(state: str | None) -> Select[Testimonial]:
    """For the desk: those in a state, or all, newest first."""
    rows = select(Testimonial).order_by(Testimonial.sent_at.desc(), Testimonial.id)
    return rows.where(Testimonial.state == state) if state else rows


def testimonials_to_decide() -> Select[Testimonial]:
    """What waits for somebody of the staff."""
    return select(Testimonial).where(Testimonial.state.in_(TO_DECIDE))
