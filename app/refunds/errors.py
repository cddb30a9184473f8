"""Why a refund, or a step of it, is refused."""

from flask_babel import lazy_gettext as _l

from app.foundation.errors import BusinessError


class RefusedOf(BusinessError):
    """What is asked for of one line, or of one part's freight, cannot be; of which, where it is one."""

    status = 422

    def __init__(self, line_id: int | None = None, part_id: int | None = None) -> None:
        super().__init__(line_id, part_id)
        self.line_id, self.part_id = line_id, part_id


class NotThatMuchPaid(RefusedOf):
    """More than is left of what the line, the freight or the receipt came to; or the order is not paid at all."""

    message = _l("That is more than is left of what was paid for it.")


class TooManyUnits(RefusedOf):
    """More units than can still be called off, or than had left and were not refunded."""

    message = _l("There are not that many units to refund; perhaps a colleague shipped or refunded some just now.")


class NothingAsked(BusinessError):
    """A refund of no unit and no money."""

    message = _l("Please say what is refunded: units, an amount or freight.")
    status = 422


class NotAsked(BusinessError):
    """It was approved or refused in the meantime."""

    message = _l("This refund was decided in the meantime.")


class SamePersonTwice(BusinessError):
    """Two people are needed, and this one had a hand in it already."""

    message = _l("You had a hand in this refund already: another person must do this step.")
    status = 403


class PayeeMissing(BusinessError):
    """Nobody said which account the transfer goes to."""

    message = _l("Please give the account that the money goes to first.")
    status = 422


class PaidOtherwise(BusinessError):
    """The money has gone already, under another number or on another day."""

    message = _l("This money has been sent already, under another number or on another day.")


class PayoutNumberReused(BusinessError):
    """The number stands for another refund already: one of the two was written down wrongly."""

    message = _l("This number is recorded for another refund already. Please read it again.")
    status = 422


class ImpossiblePayoutDay(BusinessError):
    """Money cannot have gone before the refund was approved, nor tomorrow."""

    message = _l("The day must lie between the day of the approval and today.")
    status = 422
