"""The words of the desks for codes of the slices below: roles, states, movements, parts of a consignee."""

from flask_babel import LazyString, lazy_pgettext
from flask_babel import lazy_gettext as _l

from app.breaches.acting import ALARM as BREACHES
from app.catalog.models import DRAFT, PUBLISHED, WITHDRAWN
from app.catalog.vocabulary import MACHINE, PART, SERVICE
from app.disclosures.forgetting import ALARM as REVIEWS
from app.foundation.chain_check import ALARM as LEDGER
from app.foundation.recipients import HIGH, LOW, MEDIUM
from app.foundation.unusual_reading import ALARM as READING
from app.invoices.proving import ALARM as INVOICES
from app.orders.checking import ALARM as UNUSUAL
from app.payments.proving import ALARM as MONEY
from app.privacy.files import ALARM as FILES
from app.privacy.partners import ALARM as PAPERS
from app.stock.models import ADJUSTED, GIVEN_BACK, MOVED, RECEIVED, RETURNED, SHIPPED, TAKEN
from app.stock.proving import ALARM as STOCK
from app.support.clocks import ALARM as REPLIES

Words = dict[str, LazyString]

ROLES: Words = {
    "buyer": _l("Buyer"),
    "clerk": _l("Clerk"),
    "finance": _l("Finance clerk"),
    "marketer": _l("Marketer"),
    "manager": _l("Manager"),
    "clock": _l("Automatic"),
}
GOODS_STATES: Words = {DRAFT: _l("Draft"), PUBLISHED: lazy_pgettext("goods", "Published"), WITHDRAWN: _l("Withdrawn")}
GOODS_MARKS = {DRAFT: "waiting", PUBLISHED: "done", WITHDRAWN: "stopped"}
KINDS: Words = {MACHINE: _l("Machine"), PART: _l("Part"), SERVICE: _l("Service")}
MOVEMENTS: Words = {
    RECEIVED: lazy_pgettext("stock", "Received"),
    ADJUSTED: _l("Corrected"),
    MOVED: _l("Moved"),
    TAKEN: _l("Held for an order"),
    GIVEN_BACK: _l("Given back"),
    SHIPPED: _l("Shipped"),
    RETURNED: lazy_pgettext("stock", "Returned"),
}
ALARMS: Words = {
    STOCK: _l("The stock of some warehouse is not what its movements add up to."),
    LEDGER: _l("The ledger of evidence is not what it was: entries were changed, deleted or cut off."),
    INVOICES: _l("An invoice less its red-letter invoices is not what its order costs."),
    PAPERS: _l(
        "A recipient of data has no agreement in force, or one that ends soon. Nothing can be given without one."
    ),
    READING: _l("Staff read more whole personal data within an hour than the work needs."),
    MONEY: _l("A sum of money is not what its rows add up to."),
    REPLIES: _l("A question was not answered in time. Its asker got a holding answer and waits for the real one."),
    BREACHES: _l("The notices or the report of a breach are late."),
    REVIEWS: _l("A disclosure was not looked at again within the days of the policy."),
    UNUSUAL: _l("An unusual order waits for a look for more than a day."),
    FILES: _l("Many uploaded files are named by no row: perhaps the database is not the one of this folder."),
}
RISKS: Words = {LOW: _l("Low"), MEDIUM: _l("Medium"), HIGH: _l("High")}
FAULTS: Words = {
    "has no confidentiality agreement in force": _l("No confidentiality agreement is in force: nothing can be given."),
    "has no impact assessment": _l("There is no impact assessment: nothing can be given."),
    "was assessed as a high risk": _l("The newest assessment says high risk: nothing can be given."),
}
CONSIGNEE: Words = {
    "consignee": _l("Consignee"),
    "mobile": _l("Mobile number"),
    "warehouse": _l("Receiving warehouse"),
    "address": _l("Address"),
}
