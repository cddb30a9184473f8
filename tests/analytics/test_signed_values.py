"""Page tickets and visit cookies: what they hold, how long they live, and that nobody else can make one."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer
from itsdangerous.encoding import base64_decode, base64_encode

from analytics.codes import Channel, Step, language_code, language_name, page_code, source_code
from analytics.days import Days, week_of
from analytics.signing import Forged
from analytics.ticket import MEMBER, Expired, Kind, Tickets
from analytics.visit import Classes, Moment, State, advance, unseen
from analytics.visit_cookie import LIFE_DAYS, VisitCookie
from tests.analytics.builders import a_hit

A_TICKET = Tickets([b"n" * 32]).issue(seconds=1_795_406_400, key="s19-pro")
OLD, NEW = b"o" * 32, b"n" * 32
NOON = 1_795_406_400
DAYS = Days("Asia/Shanghai")
TODAY = DAYS.of(NOON)
DAY = 86_400


def cookies(*keys: bytes, https: bool = False) -> VisitCookie:
    return VisitCookie(keys or (NEW,), DAYS, https=https)


def a_state(**over) -> State:
    state, _ = advance(unseen(Moment(NOON, TODAY), 77), a_hit(tag=7), Moment(NOON, TODAY))
    return state._replace(**over)


def value_of(header: str) -> str:
    return header.partition("=")[2].partition(";")[0]


def test_a_ticket_says_what_it_was_given():
    source = source_code(Channel.SEARCH, "baidu.com")
    text = Tickets([NEW]).issue(
        seconds=NOON,
        page_kind=3,
        key="s19-pro",
        language=language_code("zh"),
        source=source,
        flags=MEMBER,
        step=Step.VIEW,
        band=4,
    )
    ticket = Tickets([NEW]).read(text, NOON + 60)
    assert (ticket.kind, ticket.page_kind, ticket.key, ticket.source) == (Kind.VIEW, 3, "s19-pro", source)
    assert (language_name(ticket.language), ticket.flags, ticket.step, ticket.band) == ("zh", MEMBER, Step.VIEW, 4)


@pytest.mark.clause("3.1.1b")
def test_no_two_tickets_are_alike():
    issue = Tickets([NEW]).issue
    assert len({issue(seconds=NOON) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("key", ["../../etc/passwd", "a b", "Zhang", "?q=13800000000", "x" * 65, "张三", "\0"])
def test_a_page_key_that_is_no_code_is_left_off(key):
    assert Tickets([NEW]).read(Tickets([NEW]).issue(seconds=NOON, key=key), NOON).key == ""


@pytest.mark.parametrize(("minutes", "valid"), [(-3, False), (-2, True), (0, True), (30, True), (31, False)])
def test_a_ticket_is_valid_for_thirty_minutes(minutes, valid):
    text = Tickets([NEW]).issue(seconds=NOON)
    if valid:
        Tickets([NEW]).read(text, NOON + minutes * 60)
    else:
        with pytest.raises(Expired):
            Tickets([NEW]).read(text, NOON + minutes * 60)


@pytest.mark.clause("3.2(1)a")
@given(st.data())
def test_a_ticket_changed_in_any_place_is_refused(data):
    text = A_TICKET
    where = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([c for c in "Aa0-_." if c != text[where]]))
    changed = text[:where] + other + text[where + 1 :]
    if where == len(text) - 1:
        # the last letter of a signature carries four bits only; it must at least change those
        changed = text[:-1] + ("A" if text[-1] not in "ABCD" else "Z")
    with pytest.raises(Forged):
        Tickets([NEW]).read(changed, NOON)


@given(st.text(max_size=300))
def test_any_text_instead_of_a_ticket_or_cookie_is_refused_and_no_error(text):
    with pytest.raises(Forged):
        Tickets([NEW]).read(text, NOON)
    assert cookies().read(text, NOON) is None


def test_old_keys_are_accepted_and_new_ones_sign():
    old, both, new = Tickets([OLD]), Tickets([NEW, OLD]), Tickets([NEW])
    both.read(old.issue(seconds=NOON), NOON)
    new.read(both.issue(seconds=NOON), NOON)
    with pytest.raises(Forged):
        old.read(both.issue(seconds=NOON), NOON)
    assert cookies(NEW, OLD).read(value_of(cookies(OLD).header(a_state(), NOON)), NOON) == a_state()
    assert cookies(OLD).read(value_of(cookies(NEW, OLD).header(a_state(), NOON)), NOON) is None


@pytest.mark.clause("2.10")
def test_a_value_signed_for_one_kind_is_refused_as_another():
    ticket = Tickets([NEW]).issue(seconds=NOON)
    assert cookies(NEW).read(ticket, NOON) is None
    with pytest.raises(Forged):
        Tickets([NEW]).read(value_of(cookies(NEW).header(a_state(), NOON)), NOON)


states = st.builds(
    State,
    issue_week=st.just(week_of(TODAY)), active_day=st.integers(0, 65_535), nonce=st.integers(0, 2**63 - 1),
    visit_day=st.integers(0, 65_535), start=st.integers(0, 2**32 - 1), last=st.integers(0, 2**32 - 1),
    pages=st.integers(0, 65_535), entry=st.integers(0, 2**63 - 1), exit=st.integers(0, 2**63 - 1),
    first_source=st.integers(0, 2**40), source=st.integers(0, 2**40), member=st.integers(0, 1),
    campaign=st.integers(0, 65_535), step=st.integers(0, 4),
    classes=st.builds(
        Classes, device=st.integers(0, 255), width=st.integers(0, 255), browser=st.integers(0, 255),
        system=st.integers(0, 255), place=st.integers(0, 2**32 - 1), language=st.integers(0, 676),
        member=st.integers(0, 1), returning=st.integers(0, 1),
    ),
    tags=st.tuples(*[st.integers(0, 2**32 - 1)] * 4),
)  # fmt: skip


@given(states)
def test_a_cookie_gives_back_the_memory_and_has_one_width(state):
    header = cookies().header(state, NOON)
    assert cookies().read(value_of(header), NOON) == state
    assert len(value_of(header)) == len(value_of(cookies().header(a_state(), NOON)))


@pytest.mark.clause("3.1.1c")
def test_the_cookie_goes_to_the_counting_house_alone():
    plain, https = cookies().header(a_state(), NOON), cookies(https=True).header(a_state(), NOON)
    assert plain.startswith("visit=") and https.startswith("__Secure-visit=")
    for header in (plain, https):
        assert "; Path=/m/; HttpOnly; SameSite=Lax" in header and "Domain" not in header
    assert https.endswith("; Secure")


def test_the_cookie_dies_thirteen_months_after_its_first_week_and_is_never_extended():
    monday = DAYS.start_of(week_of(TODAY) * 7 - 3)
    for day in range(0, LIFE_DAYS + 3):
        now = NOON + day * DAY
        left = cookies().seconds_left(a_state(), now)
        assert now + left == monday + LIFE_DAYS * DAY
    value = value_of(cookies().header(a_state(), NOON))
    assert cookies().read(value, monday + LIFE_DAYS * DAY - 1) is not None
    assert cookies().read(value, monday + LIFE_DAYS * DAY) is None


def test_a_clock_set_back_does_not_lengthen_the_life():
    assert cookies().seconds_left(a_state(), NOON - 90 * DAY) == LIFE_DAYS * DAY


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("visit=a", "a"),
        ("x=1; visit=a; y=2", "a"),
        ("visit=a; visit=b", "a"),
        ("revisit=a", None),
        ("", None),
        ("visit", None),
    ],
)
def test_the_first_cookie_of_the_name_is_taken(header, found):
    assert cookies().in_header(header) == found


@pytest.mark.clause("3.2(1)b")
@pytest.mark.clause("2.10")
def test_the_cookies_of_two_members_with_equal_histories_differ_in_their_random_parts_only():
    def lived(nonce: int, tag: int) -> bytes:
        state, _ = advance(unseen(Moment(NOON, TODAY), nonce), a_hit(member=1, tag=tag), Moment(NOON, TODAY))
        return base64_decode(value_of(cookies().header(state, NOON)).partition(".")[0])

    one, other = lived(111, 21), lived(2**62, 2**31)
    different = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    assert all(5 <= place < 13 or place >= len(one) - 16 for place in different)


def test_a_cookie_cut_short_with_a_right_signature_is_still_refused():
    seal = cookies()._seal
    whole = base64_decode(value_of(cookies().header(a_state(), NOON)).partition(".")[0])
    assert base64_encode(whole)
    assert cookies().read(seal.seal(whole[:-1]), NOON) is None
    assert cookies().read(seal.seal(b"\1" + whole[1:]), NOON) is None


def test_page_codes_tell_pages_apart_and_keep_their_kind():
    assert page_code(2, "m63s") != page_code(2, "m63s-plus")
    assert page_code(2, "m63s") >> 55 == page_code(2, "m63s-plus") >> 55 == 2
    assert 0 < page_code(127, "x") < 2**63 and page_code(2) == 2 << 55


def test_the_signature_is_the_one_that_itsdangerous_makes():
    plain = Signer(NEW, salt=b"analytics.visit-cookie", digest_method=sha256)
    value = value_of(cookies(NEW).header(a_state(), NOON))
    assert plain.sign(plain.unsign(value)).decode() == value
