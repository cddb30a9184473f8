"""Everything the shop may say to a person by SMS, by mail or on the messages page: one closed table, in both languages.

The SMS service knows the same texts as registered templates; `sms` is the number under which a text is registered, the
English one directly after the Chinese one. Texts are English here and Chinese in the translations (DESIGN.md 5.1.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.foundation.languages import LANGUAGES, catalogue
from app.foundation.personal_data import Purpose

SITE, SMS, MAIL = "site", "sms", "mail"
MAIL_CODE_LIFE = timedelta(hours=1)
"""Long enough for a server that turns away at first whom it does not know."""


def N_(message: str) -> str:
    """Mark a text for translation that is looked up later."""
    return message


@dataclass(frozen=True)
class Template:
    """One thing that can be said. `values` are the names of what is filled in; `sms` 0 means never by SMS."""

    code: str
    title: str
    text: str
    values: tuple[str, ...] = ()
    sms: int = 0
    on_site: bool = False
    by_mail: bool = False
    """Goes to whoever confirmed a mail address as well: major changes (6.2) and the end of the service (5.2.3)."""
    is_code: bool = False
    """Carries a one-time code: sent at once, not at all when stale, and its values are wiped after sending."""
    purpose: Purpose = Purpose.SERVICE
    leads_to: str = ""
    """Endpoint that the message on the site links to; as its number it gets the value `leads_by` where there is one."""
    leads_by: str = "order"

    @property
    def channels(self) -> tuple[str, ...]:
        return (SITE,) * self.on_site + (SMS,) * bool(self.sms) + (MAIL,) * self.by_mail

    def title_in(self, language: str) -> str:
        return str(catalogue(LANGUAGES[language]).ugettext(self.title))

    def text_in(self, language: str, values: Mapping[str, str]) -> str:
        """The text with its values filled in. Raises KeyError where one is missing."""
        return str(catalogue(LANGUAGES[language]).ugettext(self.text)) % values

    def registered_as(self, language: str) -> str:
        """The SMS service's name of this text in a language."""
        return f"SMS_{self.sms + (language == 'en')}"


_CODE_TITLE = N_("Code")
_ORDER, _INVOICE, _SECURITY = "orders.order", "invoices.invoice", "accounts.devices"
_WORDS = "testimonials.mine"


def _of_case(code: str, title: str, text: str, *more: str, sms: int = 0) -> Template:
    """Something about an after-sales case, which the message leads to; `more` is what it says besides its numbers."""
    values = ("case", "order", *more)
    return Template(code, title, text, values, sms=sms, on_site=True, leads_to="after_sales.case", leads_by="case")


def _of_dispute(code: str, title: str, text: str, *, sms: int) -> Template:
    """Something about a dispute, which the message leads to."""
    return Template(code, title, text, ("dispute",), sms=sms, on_site=True, leads_to="disputes.dispute",
                    leads_by="dispute")  # fmt: skip


_ALL = (
    Template(
        "code.register", _CODE_TITLE,
        N_("%(code)s is your code to open an account. It is valid for 5 minutes. Do not give it to anybody."),
        ("code",), sms=240101, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "code.reset", _CODE_TITLE,
        N_("%(code)s is your code to set a new password. It is valid for 5 minutes. Do not give it to anybody."),
        ("code",), sms=240103, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "code.phone", _CODE_TITLE,
        N_("%(code)s is your code to use this number for your account. It is valid for 5 minutes. "
           "Do not give it to anybody."),
        ("code",), sms=240105, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "code.enrol", _CODE_TITLE,
        N_("%(code)s is your code to set up the second factor. It is valid for 5 minutes. Do not give it to anybody."),
        ("code",), sms=240107, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "code.leak", _CODE_TITLE,
        N_("%(code)s is your code to freeze your account. It is valid for 5 minutes. Do not give it to anybody."),
        ("code",), sms=240109, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "code.call", _CODE_TITLE,
        N_("%(code)s is your code to show who you are on the phone with us. It is valid for 5 minutes. Say it only on "
           "a call that you made yourself."),
        ("code",), sms=240331, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "known.register", N_("Number already registered"),
        N_("Somebody asked to open an account with this number, which has one already. If it was you, sign in or set a "
           "new password. If not, you need do nothing."),
        sms=240111, purpose=Purpose.SECURITY,
    ),
    Template(
        "known.phone", N_("Number already registered"),
        N_("Somebody asked to use this number for another account. It already has an account of its own. If it was not "
           "you, you need do nothing."),
        sms=240113, purpose=Purpose.SECURITY,
    ),
    Template(
        "unknown.reset", N_("Number not registered"),
        N_("Somebody asked for a new password with this number, which has no account here. If it was not you, you need "
           "do nothing."),
        sms=240115, purpose=Purpose.SECURITY,
    ),
    Template(
        "unknown.leak", N_("Number not registered"),
        N_("Somebody reported a leaked account with this number, which has no account here. If it was not you, you "
           "need do nothing."),
        sms=240117, purpose=Purpose.SECURITY,
    ),
    Template(
        "unknown.call", N_("Number not registered"),
        N_("Somebody on the phone with us named this number, which has no account here. If it was not you, you need do "
           "nothing."),
        sms=240333, purpose=Purpose.SECURITY,
    ),
    Template(
        "account.new_device", N_("Signed in on a new device"),
        N_("Your account was signed in at %(time)s with %(browser)s, on a device that it does not trust. If it was not "
           "you, set a new password at once."),
        ("time", "browser"), sms=240121, on_site=True, purpose=Purpose.SECURITY, leads_to=_SECURITY,
    ),
    Template(
        "account.password_changed", N_("Password changed"),
        N_("The password of your account was changed at %(time)s and all other devices were signed out. If it was not "
           "you, call us at once."),
        ("time",), sms=240123, on_site=True, purpose=Purpose.SECURITY, leads_to=_SECURITY,
    ),
    Template(
        "account.phone_changed", N_("Mobile number changed"),
        N_("The mobile number of your account was changed at %(time)s. If it was not you, call us at once."),
        ("time",), sms=240125, on_site=True, purpose=Purpose.SECURITY, leads_to=_SECURITY,
    ),
    Template(
        "code.mail", N_("Confirm your mail address"),
        N_("%(code)s is your code to confirm this mail address. Type it on the page “Mail address” of your account "
           "within one hour. If you asked for nothing, you need do nothing: without the code nothing else comes here."),
        ("code",), by_mail=True, is_code=True, purpose=Purpose.SECURITY,
    ),
    Template(
        "account.mail_confirmed", N_("Mail address confirmed"),
        N_("A mail address was confirmed at %(time)s. Major changes of our terms and the end of the service are told "
           "there as well. If it was not you, take it away and set a new password."),
        ("time",), on_site=True, purpose=Purpose.SECURITY, leads_to="accounts.mail",
    ),
    Template(
        "account.mail_changed", N_("Mail address changed or taken away"),
        N_("The mail address of your account was changed or taken away at %(time)s. If it was not you, set a new "
           "password at once."),
        ("time",), on_site=True, purpose=Purpose.SECURITY, leads_to="accounts.mail",
    ),
    Template(
        "account.mail_unreachable", N_("Mails to you come back"),
        N_("A mail to the address in your account came back on %(day)s: nobody receives mail there. Nothing more is "
           "sent to it. Notices reach you here and by SMS as before; you can confirm another address."),
        ("day",), on_site=True, leads_to="accounts.mail",
    ),
    Template(
        "account.frozen", N_("Account frozen"),
        N_("Your account was frozen at %(time)s and all devices were signed out. Set a new password to use it again."),
        ("time",), sms=240127, on_site=True, purpose=Purpose.SECURITY, leads_to=_SECURITY,
    ),
    Template(
        "account.welcome", N_("Welcome"),
        N_("Your account is open. The privacy policy you agreed to, version %(version)s, can be read at any time."),
        ("version",), on_site=True, leads_to="privacy.policy",
    ),
    Template(
        "policy.changed", N_("Privacy policy changes"),
        N_("Version %(version)s of the privacy policy takes effect on %(day)s: %(gist)s. Every change, clause by "
           "clause: in your account, under “My agreements”."),
        ("version", "day", "gist"), sms=240271, on_site=True, by_mail=True, leads_to="privacy.terms",
    ),
    Template(
        "agreement.changed", N_("User agreement changes"),
        N_("Version %(version)s of the user agreement takes effect on %(day)s: %(gist)s. Every change, clause by "
           "clause: in your account, under “My agreements”."),
        ("version", "day", "gist"), sms=240273, on_site=True, by_mail=True, leads_to="privacy.terms",
    ),
    Template(
        "rules.changed", N_("Rules of the platform change"),
        N_("Version %(version)s of the rules of the platform takes effect on %(day)s: %(gist)s. Every change, clause "
           "by clause: in your account, under “My agreements”."),
        ("version", "day", "gist"), sms=240275, on_site=True, by_mail=True, leads_to="privacy.terms",
    ),
    Template(
        "closure.applied", N_("Closing your account"),
        N_("You applied to close your account. It will be decided by %(time)s at the latest; until then you can "
           "withdraw. If it was not you, set a new password at once."),
        ("time",), sms=240301, on_site=True, purpose=Purpose.SECURITY, leads_to="accounts.closure",
    ),
    Template(
        "closure.withdrawn", N_("Closing withdrawn"),
        N_("You withdrew your application to close your account. Nothing was changed."),
        on_site=True, leads_to="accounts.closure",
    ),
    Template(
        "closure.refused", N_("Your account cannot be closed yet"),
        N_("Your account cannot be closed yet, because something is still open. The page of your account says what it "
           "is and what you can do."),
        sms=240303, on_site=True, leads_to="accounts.closure",
    ),
    Template(
        "closure.erased", N_("Account closed"),
        N_("Your account is closed and what we hold about you is being erased. What was erased and what is kept can be "
           "read for 30 days at %(link)s"),
        ("link",), sms=240305,
    ),
    Template(
        "order.placed", N_("Order placed"),
        N_("Order %(order)s was placed. Please remit %(amount)s by %(day)s with the remittance code shown on the "
           "order."),
        ("order", "amount", "day"), sms=240141, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.placed_online", N_("Order placed"),
        N_("Order %(order)s was placed. Please pay %(amount)s online by %(time)s; until then the goods are held."),
        ("order", "amount", "time"), sms=240163, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.to_remit", N_("Way of payment changed"),
        N_("Order %(order)s is paid by remittance now. Please remit %(amount)s by %(day)s with the remittance code "
           "shown on the order."),
        ("order", "amount", "day"), sms=240261, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.to_pay_online", N_("Way of payment changed"),
        N_("Order %(order)s is paid online now. Please pay %(amount)s by %(time)s; until then the goods are held."),
        ("order", "amount", "time"), sms=240263, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.remittance_due", N_("Remittance due tomorrow"),
        N_("The remittance of %(amount)s for order %(order)s is due tomorrow, %(day)s. After that the order expires."),
        ("order", "amount", "day"), sms=240143, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.expired", N_("Order expired"),
        N_("Order %(order)s expired because no payment arrived in time. If you have paid, please call us."),
        ("order",), sms=240145, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.paid", N_("Payment received"),
        N_("We received %(amount)s for order %(order)s. It is now being prepared for shipment."),
        ("order", "amount"), sms=240147, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.part_paid", N_("Part of the payment received"),
        N_("We received %(amount)s for order %(order)s. %(due)s is still due."),
        ("order", "amount", "due"), sms=240155, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.balance_paid", N_("Balance received"),
        N_("We received %(amount)s for order %(order)s. Nothing is left to pay."),
        ("order", "amount"), sms=240157, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.money_kept", N_("Money kept for you"),
        N_("%(amount)s that arrived for order %(order)s is not needed for it. We keep it for you: please tell us "
           "whether to send it back or to use it for another order."),
        ("order", "amount"), sms=240159, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.deposit_paid", N_("Deposit received"),
        N_("We received the deposit of %(amount)s for order %(order)s. The balance of %(due)s is due by %(day)s."),
        ("order", "amount", "due", "day"), sms=240181, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.balance_due", N_("Balance due"),
        N_("The balance of %(amount)s for order %(order)s is due by %(day)s. The goods leave when it is there."),
        ("order", "amount", "day"), sms=240183, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.payee_changed", N_("Our account has changed"),
        N_("Our account for remittances has changed. If you have not remitted for order %(order)s yet, use only the "
           "account on its payment page, and compare it with the page that shows our account."),
        ("order",), on_site=True, leads_to=_ORDER,
    ),
    Template(
        "payee.proposed", N_("Change of our account proposed"),
        N_("Somebody proposes another account for remittances. It counts when a second person confirms it. If you know "
           "nothing of it, withdraw it at the desk."),
        sms=240257, on_site=True, purpose=Purpose.SECURITY, leads_to="payments.payee",
    ),
    Template(
        "payee.changed", N_("Our account changed"),
        N_("Remittances go to another account from now on. If you know nothing of it, propose the former one at once."),
        sms=240259, on_site=True, purpose=Purpose.SECURITY, leads_to="payments.payee",
    ),
    Template(
        "order.later", N_("Shipping starts later"),
        N_("Futures of order %(order)s start shipping later than we promised. The order says when, and what we pay for "
           "the delay."),
        ("order",), sms=240265, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.balance_later", N_("Shipping starts later"),
        N_("Futures of order %(order)s start shipping later than we promised. The balance of %(amount)s is due by "
           "%(day)s. The order says what we pay for the delay."),
        ("order", "amount", "day"), sms=240267, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.checking", N_("Order being checked"),
        N_("A person looks at order %(order)s before the goods leave, normally within one working day. You need do "
           "nothing."),
        ("order",), on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.released", N_("Order checked"),
        N_("Order %(order)s was checked and goes on."),
        ("order",), sms=240251, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.refused", N_("Order refused"),
        N_("After a check we cannot deliver order %(order)s. What you paid goes back to you. Please call us if you "
           "have questions."),
        ("order",), sms=240253, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.refund_asked", N_("Refund asked for"),
        N_("A refund of %(amount)s for order %(order)s was asked for. We are looking at it."),
        ("order", "amount"), sms=240185, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.refund_approved", N_("Refund approved"),
        N_("The refund of %(amount)s for order %(order)s is approved. The order shows what goes back to you and what "
           "is taken off a balance still due."),
        ("order", "amount"), sms=240187, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.refund_refused", N_("Refund refused"),
        N_("The refund of %(amount)s for order %(order)s was refused or withdrawn. The order stands as before."),
        ("order", "amount"), sms=240189, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.refund_paid", N_("Refund paid"),
        N_("We sent %(amount)s back to you for order %(order)s. It comes the way you paid."),
        ("order", "amount"), sms=240191, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.shipped", N_("Order shipped"),
        N_("Order %(order)s was handed to %(carrier)s, tracking number %(tracking)s."),
        ("order", "carrier", "tracking"), sms=240149, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "parcel.delivering", N_("Out for delivery"),
        N_("A parcel of order %(order)s is out for delivery today: %(carrier)s, tracking number %(tracking)s."),
        ("order", "carrier", "tracking"), sms=240171, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "parcel.signed", N_("Parcel signed for"),
        N_("%(carrier)s reports that parcel %(tracking)s of order %(order)s was signed for. If it was not you, please "
           "call us."),
        ("order", "carrier", "tracking"), sms=240173, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "parcel.problem", N_("Problem with a delivery"),
        N_("%(carrier)s reports a problem with parcel %(tracking)s of order %(order)s. We are looking into it; the "
           "order shows what was reported."),
        ("order", "carrier", "tracking"), sms=240175, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.cancelled", N_("Order cancelled"),
        N_("Order %(order)s was cancelled."),
        ("order",), sms=240151, on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.completed", N_("Order completed"),
        N_("Order %(order)s is completed. Thank you for buying from us."),
        ("order",), on_site=True, leads_to=_ORDER,
    ),
    Template(
        "order.voucher_refused", N_("Voucher not usable"),
        N_("The voucher for order %(order)s could not be matched with a remittance. Please look at the order."),
        ("order",), sms=240153, on_site=True, leads_to=_ORDER,
    ),
    _of_case(
        "case.opened", N_("After-sales case opened"),
        N_("After-sales case %(case)s about order %(order)s is open. We answer by %(day)s."),
        "day", sms=240201,
    ),
    _of_case(
        "case.agreed_return", N_("Please send the goods back"),
        N_("We agree to after-sales case %(case)s about order %(order)s. Please send the goods back by %(day)s; the "
           "case shows where to."),
        "day", sms=240203,
    ),
    _of_case(
        "case.agreed_refund", N_("After-sales: agreed"),
        N_("We agree to after-sales case %(case)s about order %(order)s: %(amount)s goes back to you."),
        "amount", sms=240205,
    ),
    _of_case(
        "case.more_asked", N_("After-sales: we need more from you"),
        N_("We need more from you for after-sales case %(case)s about order %(order)s. Please answer by %(day)s, else "
           "the case ends."),
        "day", sms=240207,
    ),
    _of_case(
        "case.refused", N_("After-sales: refused"),
        N_("We refused after-sales case %(case)s about order %(order)s; the case says why. You can ask the platform to "
           "step in by %(day)s."),
        "day", sms=240209,
    ),
    _of_case(
        "case.platform", N_("After-sales: the platform steps in"),
        N_("The platform steps in: another person decides after-sales case %(case)s about order %(order)s by %(day)s."),
        "day", sms=240211,
    ),
    _of_case(
        "case.upheld", N_("After-sales: decided for you"),
        N_("The platform decided after-sales case %(case)s about order %(order)s for you. The case shows how it goes "
           "on."),
        sms=240213,
    ),
    _of_case(
        "case.dismissed", N_("After-sales: decided against the claim"),
        N_("The platform decided against the claim in after-sales case %(case)s about order %(order)s; the case says "
           "why."),
        sms=240215,
    ),
    _of_case(
        "case.goods_received", N_("After-sales: goods arrived"),
        N_("The goods of after-sales case %(case)s about order %(order)s arrived and were examined. It goes on as "
           "agreed."),
        sms=240217,
    ),
    _of_case(
        "case.goods_rejected", N_("After-sales: goods not accepted"),
        N_("The goods of after-sales case %(case)s about order %(order)s arrived and were not accepted; the case says "
           "why. You can ask the platform to step in by %(day)s, else they go back to you."),
        "day", sms=240219,
    ),
    _of_case(
        "case.sent", N_("After-sales: goods on their way"),
        N_("The goods of after-sales case %(case)s about order %(order)s were handed to %(carrier)s, tracking number "
           "%(tracking)s."),
        "carrier", "tracking", sms=240221,
    ),
    _of_case(
        "case.ended", N_("After-sales case ended"),
        N_("After-sales case %(case)s about order %(order)s has ended: it was withdrawn, or nothing came in time. "
           "Goods that lie with us go back to you."),
        sms=240223,
    ),
    _of_case(
        "case.due_tomorrow", N_("After-sales: your time ends tomorrow"),
        N_("After-sales case %(case)s about order %(order)s waits for you and ends by itself on %(day)s."),
        "day", sms=240225,
    ),
    _of_case(
        "case.message", N_("After-sales: a message for you"),
        N_("We wrote to you in after-sales case %(case)s about order %(order)s."),
        sms=240227,
    ),
    _of_case(
        "case.refund_refused", N_("After-sales: refund examined anew"),
        N_("The refund of after-sales case %(case)s about order %(order)s was not approved as it was. Our desk looks "
           "at it again; you need do nothing."),
        sms=240229,
    ),
    _of_case(
        "case.refunded", N_("After-sales case closed"),
        N_("After-sales case %(case)s about order %(order)s is closed: the refund was paid."),
    ),
    Template(
        "invoice.applied", N_("Invoice applied for"),
        N_("Finance has your application for an invoice for order %(order)s. You get a message when it is issued."),
        ("order",), sms=240231, on_site=True, leads_to=_INVOICE,
    ),
    Template(
        "invoice.issued", N_("Invoice issued"),
        N_("Invoice %(invoice)s over %(amount)s for order %(order)s is issued. You can download it on the order."),
        ("order", "invoice", "amount"), sms=240233, on_site=True, leads_to=_INVOICE,
    ),
    Template(
        "invoice.refused", N_("Invoice cannot be issued"),
        N_("The invoice for order %(order)s cannot be issued as it was applied for. The order says why; please apply "
           "anew."),
        ("order",), sms=240235, on_site=True, leads_to=_INVOICE,
    ),
    Template(
        "invoice.lapsed", N_("Application for an invoice ended"),
        N_("All of order %(order)s was refunded, so its invoice is not issued any more."),
        ("order",), sms=240237, on_site=True, leads_to=_INVOICE,
    ),
    Template(
        "invoice.red", N_("Red-letter invoice issued"),
        N_("Red-letter invoice %(invoice)s over %(amount)s for order %(order)s is issued. You can download it on the "
           "order."),
        ("order", "invoice", "amount"), sms=240239, on_site=True, leads_to=_INVOICE,
    ),
    Template(
        "ticket.answered", N_("Your question is answered"),
        N_("%(ticket)s is answered on our site. Not content? Ask there for a second review by another person, or "
           "turn to the cyberspace, telecommunications, public security or market regulation authorities."),
        ("ticket",), sms=240321, on_site=True, leads_to="support.numbered", leads_by="ticket",
    ),
    Template(
        "ticket.held", N_("Our answer needs longer"),
        N_("%(ticket)s could not be answered in time: we have not finished looking into it. You get the answer by "
           "%(day)s."),
        ("ticket", "day"), sms=240323, on_site=True, leads_to="support.numbered", leads_by="ticket",
    ),
    Template(
        "ticket.due_soon", N_("An answer is due soon"),
        N_("%(ticket)s waits for an answer, which is due on %(day)s."),
        ("ticket", "day"), on_site=True, leads_to="backoffice.questions",
    ),
    Template(
        "ticket.overdue", N_("An answer is overdue"),
        N_("%(ticket)s was not answered in time. The asker got a holding answer, and an alarm stands."),
        ("ticket",), on_site=True, leads_to="backoffice.questions",
    ),
    Template(
        "disclosure.given", N_("Information about you was given to an authority"),
        N_("Information about you was given to an authority under case %(case)s. What, when and on which ground: in "
           "your account, under “My data”."),
        ("case",), sms=240341, on_site=True, leads_to="privacy.data",
    ),
    Template(
        "transfer.announced", N_("A new holder of your information"),
        N_("%(name)s (%(contact)s) is to take over this shop with the information about you, and has undertaken in "
           "writing to stay bound by our policy. Nothing is handed over before %(day)s. Whoever closes the account "
           "until then is not in it. Case %(case)s, under “Transfers” on our site."),
        ("name", "contact", "day", "case"), sms=240391, on_site=True, leads_to="transfers.transfers",
    ),
    Template(
        "transfer.asked", N_("A new holder asks for your agreement"),
        N_("%(name)s (%(contact)s) is to take over this shop. Information about you is handed over only if you agree, "
           "in your account under “My consents”, and not before %(day)s. Case %(case)s, under “Transfers” on our "
           "site."),
        ("name", "contact", "day", "case"), sms=240393, on_site=True, leads_to="privacy.consents",
    ),
    Template(
        "transfer.given", N_("Information about you was transferred"),
        N_("Information about you was put together for %(name)s (%(contact)s) under case %(case)s. What, when and on "
           "which ground: in your account, under “My data”."),
        ("name", "contact", "case"), sms=240395, on_site=True, leads_to="privacy.data",
    ),
    Template(
        "breach.told", N_("Our protection failed, and it concerns you"),
        N_("A protection of ours failed, and it concerns information about you. What it was, why, what it may lead to, "
           "what was done and how to reach us: notice %(breach)s under “When protection failed” on our site."),
        ("breach",), sms=240343, on_site=True, purpose=Purpose.SECURITY, leads_to="breaches.breaches",
    ),
    Template(
        "service.ends", N_("Our service ends"),
        N_("Our service ends after %(day)s. Until then open orders are carried on, and you can take your data with you "
           "and close your account. Afterwards everything about you is deleted or made anonymous."),
        ("day",), sms=240345, on_site=True, by_mail=True, leads_to="privacy.service_end",
    ),
    Template(
        "service.goes_on", N_("Our service goes on"),
        N_("The end of our service, announced for %(day)s, is called off. Everything goes on as before, and nothing is "
           "deleted because of it."),
        ("day",), sms=240347, on_site=True, by_mail=True, leads_to="privacy.service_end",
    ),
    Template(
        "testimonial.published", N_("Your words are published"),
        N_("Your words stand on the page “Customers' words” now, exactly as you sent them. You can take them back at "
           "any time."),
        on_site=True, leads_to=_WORDS,
    ),
    Template(
        "testimonial.refused", N_("Your words are not published"),
        N_("We do not publish the words that you sent. The page of your words says why."),
        on_site=True, leads_to=_WORDS,
    ),
    Template(
        "testimonial.hidden", N_("Your words are hidden for now"),
        N_("Somebody says that your published words show them or their data. They are hidden until a colleague has "
           "decided. You need do nothing."),
        on_site=True, leads_to=_WORDS,
    ),
    Template(
        "testimonial.put_back", N_("Your words are public again"),
        N_("After a report we looked at your words again: they are public as before."),
        on_site=True, leads_to=_WORDS,
    ),
    Template(
        "testimonial.taken_away", N_("Your words were taken away"),
        N_("Your words are public no more. The page of your words says why."),
        on_site=True, leads_to=_WORDS,
    ),
    Template(
        "dispute.link", N_("A dispute with you"),
        N_("Somebody asks us to help settle a dispute with you. You can read and answer what they put forward, after "
           "signing for confidentiality, until %(day)s at %(link)s"),
        ("link", "day"), sms=240401,
    ),
    Template(
        "dispute.over", N_("A dispute has ended"),
        N_("Dispute %(dispute)s has ended and can no longer be viewed. What you wrote in it is deleted two years from "
           "now at the latest."),
        ("dispute",), sms=240403,
    ),
    _of_dispute("dispute.accepted", N_("Dispute taken on"),
        N_("We help to settle dispute %(dispute)s. The other side gets a link to exactly what you chose."), sms=240405),
    _of_dispute("dispute.refused", N_("Dispute not taken on"),
        N_("We cannot help to settle dispute %(dispute)s; its page says why. Nobody outside has seen anything of it."),
        sms=240407),
    _of_dispute("dispute.answered", N_("An answer in your dispute"),
        N_("The other side wrote in dispute %(dispute)s."), sms=240409),
    _of_dispute("dispute.message", N_("A message in your dispute"),
        N_("We wrote in dispute %(dispute)s."), sms=240411),
    _of_dispute("dispute.contacts", N_("Contacts exchanged"),
        N_("Both sides of dispute %(dispute)s have agreed: its page shows how you reach the other side."), sms=240413),
    _of_dispute("dispute.ended", N_("Dispute ended"),
        N_("Dispute %(dispute)s has ended. The other side can see nothing any more."), sms=240415),
    Template(
        "stock.back", N_("Back in stock"),
        N_("%(machine)s is in stock again."),
        ("machine",), sms=240161, on_site=True, leads_to="catalog.home",
    ),
)  # fmt: skip

TEMPLATES: Mapping[str, Template] = {template.code: template for template in _ALL}


def registered_templates() -> dict[str, tuple[Template, str]]:
    """What is registered with the SMS service: its name -> our template and language."""
    return {each.registered_as(lang): (each, lang) for each in _ALL if each.sms for lang in LANGUAGES}
