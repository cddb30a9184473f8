"""A signed undertaking of confidentiality, as a manager records it."""

from flask_babel import lazy_gettext as _l

from app.accounts.undertaking import Signed
from app.backoffice.forms.orders import PastDayField
from app.backoffice.forms.papers import WRITE_DAY, PaperField
from app.foundation.clock import today
from app.foundation.fields import DayField
from app.foundation.forms import Form, Given


class UndertakingForm(Form):
    """The scan, when it was signed, when its signer was trained, and how long it lasts."""

    scan = PaperField(_l("Scan of the signed undertaking"))
    signed_on = PastDayField(_l("Signed on"), [Given(WRITE_DAY)])
    trained_on = PastDayField(_l("Trained on"), [Given(WRITE_DAY)])
    ends_on = DayField(_l("Valid until"), [Given(WRITE_DAY)])

    def paper(self) -> Signed:
        """The undertaking, once it is valid."""
        signed, trained = self.signed_on.data or today(), self.trained_on.data or today()
        return Signed(self.scan.digest, signed, trained, self.ends_on.data or today())
