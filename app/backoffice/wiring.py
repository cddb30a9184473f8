"""What the desks hand the application: their navigation and the messages after an act."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.backoffice.calls import REASONS as CALLER_REASONS
from app.backoffice.calls import SEEN
from app.backoffice.calls import UNMASKED as CALLER_UNMASKED
from app.backoffice.invoice_pages import EVENT as TITLE_READ
from app.backoffice.navigation import desk_navigation
from app.backoffice.unmasking import ACCOUNT_READ, ACCOUNT_REASONS, REASONS
from app.backoffice.unmasking import EVENT as UNMASKED
from app.foundation.notices import register_notices
from app.privacy.who_saw import readings_are

NOTICES = {
    "dispute_accepted": _l("Taken on. The other side gets its link by SMS, and the member is told."),
    "dispute_refused": _l("Not taken on. The member is told and reads why; nobody else is."),
    "dispute_said": _l("The message stands in the dispute, for both sides."),
    "dispute_closed": _l("Closed. The other side can see nothing any more, and the member is told."),
    "dispute_linked": _l("A new link is on its way. Earlier ones open nothing."),
    "dispute_hidden": _l("Out of the other side's sight."),
    "demand_recorded": _l("The demand is recorded. Two other people decide it."),
    "demand_examined": _l("Your approval is written down. A second person decides."),
    "demand_approved": _l("Approved. It is put together within moments."),
    "demand_narrowed": _l("The scope is narrowed. It is to be examined again."),
    "demand_ended": _l("Nothing is given, and why is written down."),
    "demand_reviewed": _l("The review is written down."),
    "demand_held": _l("It is held. An erasure seals it for two people together."),
    "demand_hold_lifted": _l("Lifted. What was sealed because of it is deleted."),
    "transfer_recorded": _l("The transfer is recorded. Two other people decide it."),
    "transfer_examined": _l("Your approval is written down. A second person decides."),
    "transfer_approved": _l("Approved. Whoever is to be told or asked, is now."),
    "transfer_ended": _l("Nothing is given, and why is written down."),
    "transfer_making": _l("It is being put together."),
    "transfer_deleted": _l("The package is deleted."),
    "demand_bar_set": _l("Noted. The people are told when nothing forbids it."),
    "testimonial_checked": _l("Noted that you read it. A second person decides."),
    "testimonial_published": _l("Published. The member is told."),
    "testimonial_refused": _l("It is not published, and the member reads why."),
    "testimonial_taken_away": _l("Nobody reads it any more, and the member reads why."),
    "testimonial_put_back": _l("It is public again. The member is told."),
    "research_recorded": _l("The request is recorded. Two other people decide it."),
    "research_examined": _l("Your approval is written down. A second person decides."),
    "research_approved": _l("Approved. It is put together within moments."),
    "research_ended": _l("Nothing is given, and why is written down."),
    "undertaking_recorded": _l("The undertaking is recorded."),
    "undertaking_ended": _l("Ended. From now on this person sees masks only."),
    "agreement_recorded": _l("The agreement is recorded. It counts once another person confirms it."),
    "assessment_recorded": _l(
        "The assessment is recorded. A high risk counts at once, any other when another person confirms."
    ),
    "paper_confirmed": _l("Confirmed."),
    "paper_withdrawn": _l("The paper counts no more."),
    "readings_looked_into": _l("Noted. Only readings from now on raise the alarm again."),
    "payment_confirmed": _l("The remittance is confirmed. The buyer is told."),
    "payment_partial": _l("The money is applied. The order waits for the rest, and the buyer is told."),
    "payment_surplus": _l("Part of this money is not needed for the order. It is kept here, and the buyer is told."),
    "payment_late": _l("The order had ended already. The money is kept here, and the buyer is told."),
    "receipt_applied": _l("The money is applied to the order. The buyer is told."),
    "second_person": _l("This is above what one person may move. Another person of finance must confirm it."),
    "approval_given": _l("Confirmed. The money is applied, and the buyer is told."),
    "approval_withdrawn": _l("Withdrawn. Nothing was moved."),
    "statement_kept": _l("The statement is taken in."),
    "bank_checked": _l("Every open row is held against the orders of now."),
    "bank_applied": _l("The money is applied, and the buyers are told."),
    "bank_applied_some_asked": _l("Applied; what is above the limit waits for a second person."),
    "bank_set_aside": _l("The row is set aside."),
    "bank_taken_back": _l("The row is open again."),
    "refund_asked": _l("The refund is asked for. Another person approves it."),
    "refund_approved": _l("The refund is approved. The buyer is told."),
    "refund_refused": _l("Nothing is refunded, and what was set aside is free again. The buyer is told."),
    "refund_account": _l("The account is kept. Another person sends the money."),
    "refund_by_transfer": _l("This money goes by transfer."),
    "refund_sent": _l("The money is recorded as sent."),
    "payment_message_settled": _l("The message is settled."),
    "part_shipped": _l("Handed to the carrier. The buyer is told."),
    "parcel_reported": _l("The report stands on the order. The buyer is told of a turn."),
    "link_made": _l("The link is there: give it to the carrier."),
    "link_ended": _l("The link opens no more."),
    "month_announced": _l("The later month stands on the order. The buyer is told."),
    "check_released": _l("The order goes on. The buyer is told."),
    "check_refused": _l("The order is refused. The buyer is told."),
    "service_started": _l("The service is under way. The buyer is told."),
    "part_completed": _l("This part is closed."),
    "case_said": _l("The message stands in the case. The buyer is told."),
    "case_accept": _l("Agreed. The buyer is told how it goes on."),
    "case_refund_again": _l("The refund is asked for anew."),
    "case_ask_more": _l("The buyer is asked for more."),
    "case_refuse": _l("The claim is refused. The buyer is told, and can call the platform in."),
    "case_uphold": _l("Decided for the buyer, who is told. It goes on from here."),
    "case_dismiss": _l("Decided against the claim. The buyer is told."),
    "case_examine": _l("The goods are taken in. The buyer is told."),
    "case_reject_goods": _l("The goods are not accepted. The buyer is told, and can call the platform in."),
    "case_send": _l("The goods left for the buyer, who is told. The case is closed."),
    "order_cancelled_by_staff": _l("The order is cancelled and its units are back in stock. The buyer is told."),
    "found_by_code": _l("This is the order with that remittance code."),
    "product_created": _l("The draft is there. Please add a variant next."),
    "product_saved": _l("The page is saved."),
    "product_published": _l("The product is in the shop."),
    "product_withdrawn": _l("The product is no longer in the shop."),
    "maker_added": _l("The maker is in the list."),
    "sku_added": _l("The variant is there. Please give it a price and receive stock."),
    "sku_saved": _l("The variant is saved."),
    "sku_withdrawn": _l("The variant is off sale."),
    "sku_returned": _l("The variant is back on sale."),
    "price_set": _l("The price is in force from now on."),
    "picture_added": _l("The picture is on the page."),
    "picture_removed": _l("The picture is gone."),
    "picture_moved": _l("The picture is the first one now."),
    "received": _l("The units are received."),
    "adjusted": _l("The level is corrected."),
    "moved": _l("The units are moved."),
    "call_ended": _l("The call is over, and so is your look at the account."),
    "call_question_kept": _l("The question is kept for the caller, with its number."),
    "asker_told": _l("Noted: whoever asked knows of the answer."),
    "news_drafted": _l("The draft is kept. Nobody reads it before it is published."),
    "news_changed": _l("It is saved."),
    "news_published": _l("It is published, in both languages."),
    "news_withdrawn": _l("It is withdrawn."),
    "warehouse_opened": _l("The warehouse is open."),
    "warehouse_saved": _l("The warehouse is saved."),
    "warehouse_closed": _l("The warehouse is closed."),
    "warehouse_reopened": _l("The warehouse is open again."),
    "version_approved": _l("Your approval is written down. With the second one the version is published."),
    "version_withdrawn": _l("The version is withdrawn."),
    "end_proposed": _l("The last day waits for a second person. Nobody is told yet."),
    "calling_off_proposed": _l("Calling it off waits for a second person. Nobody is told yet."),
    "end_announced": _l("It is announced. Every account is being told."),
    "end_withdrawn": _l("The proposal is withdrawn. Nothing has changed."),
    "payee_proposed": _l("The change waits for a second person. Nothing has changed yet."),
    "payee_changed": _l("The account is in force. Buyers who have still to remit are told."),
    "payee_withdrawn": _l("The proposal is withdrawn. Nothing has changed."),
    "invoice_issued": _l("The invoice is recorded. The buyer is told and can download it."),
    "invoice_refused": _l("The application is refused. The buyer is told why."),
    "invoice_reversed": _l("All that is left of this invoice is now to be red-lettered."),
    "red_letter_issued": _l("The red-letter invoice is recorded. The buyer is told and can download it."),
    "question_answered": _l("The answer stands on the page of the question."),
    "question_kept": _l("The question is kept, with a number and a clock that runs from its receipt."),
    "closure_approved": _l("Approved. The account is shut, and everything about the person is being erased."),
    "closure_refused": _l("The person is told what is still open, and what to do."),
    "staff_shut_out": _l("The account is shut out and its sessions have ended."),
    "staff_let_in": _l("The account may sign in again."),
}


def init_slice(app: Flask) -> None:
    app.jinja_env.globals["desk_navigation"] = desk_navigation
    readings_are(UNMASKED, _l("A consignee, whole"), REASONS)
    readings_are(
        SEEN,
        _l("Your account, masked, while you were on the phone"),
        {"caller": _l("You called and proved who you are")},
    )
    readings_are(CALLER_UNMASKED, _l("Your account name and mobile number"), CALLER_REASONS)
    readings_are(ACCOUNT_READ, _l("The account that a refund goes to"), ACCOUNT_REASONS)
    readings_are(TITLE_READ, _l("The title of an invoice"))
    readings_are("ticket.read", _l("A question of yours"))
    readings_are("voucher.read", _l("The picture of a bank slip"))
    register_notices({f"desk_{code}": ("good", text) for code, text in NOTICES.items()})
