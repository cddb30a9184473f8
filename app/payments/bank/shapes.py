"""What the columns of a bank's statement mean: ready made for China Merchants Bank, else said once and remembered.

The ready headings are those of that bank's corporate statement. For other banks the usual names of headings fill in the
question beforehand; a person answers it.
"""

from sqlalchemy.orm import Session

from app.foundation.audit import record
from app.foundation.database import transaction
from app.orders.lifecycle import Actor, MoveNotAllowed
from app.payments.bank.models import StatementShape
from app.payments.bank.statements import MANY, Columns, Table, headings_like

CHINA_MERCHANTS = {
    "day": ("交易日",),
    "credit": ("贷方金额",),
    "debit": ("借方金额",),
    "reference": ("流水号",),
    "payer": ("收/付方名称",),
    "remark": ("摘要", "用途", "业务摘要", "其它摘要", "扩展摘要"),
}
USUAL = {
    "day": ("交易日期", "交易日", "交易时间", "入账日期", "记账日期", "日期", "date"),
    "credit": (
        "贷方金额", "贷方发生额", "收入金额", "收入", "转入金额", "收款金额", "交易金额", "发生额", "金额",
        "credit", "amount",
    ),
    "debit": ("借方金额", "借方发生额", "支出金额", "支出", "转出金额", "付款金额", "debit"),
    "direction": ("借贷标志", "借/贷", "借贷方向", "收支方向", "收付标志", "direction"),
    "reference": ("流水号", "交易流水号", "银行流水号", "核心流水号", "业务流水号", "reference"),
    "payer": (
        "对方户名", "对方名称", "对方单位名称", "对方账户名称", "收/付方名称", "付款人名称", "付款方名称", "payer",
    ),
    "remark": ("附言", "交易附言", "用途", "摘要", "备注", "remark"),
}  # fmt: skip


def columns_of(session: Session, table: Table) -> Columns | None:
    """What the columns of these headings mean; None where nobody has said so yet."""
    known = session.get(StatementShape, table.signature)
    if known:
        return {role: tuple(places) for role, places in known.columns.items()}
    ready = places_by(table, CHINA_MERCHANTS)
    return ready if set(ready) == set(CHINA_MERCHANTS) else None


def likely_columns(table: Table) -> Columns:
    """What the columns probably mean, going by the usual names; roles without a likely column are missing."""
    return places_by(table, USUAL)


def remember(table: Table, columns: Columns, by: Actor) -> None:
    """Keep what a person said about these headings, in place of what was said before. Raises MoveNotAllowed."""
    if not by.may("pay"):
        raise MoveNotAllowed
    said = {role: list(places) for role, places in columns.items()}
    with transaction() as session:
        session.merge(StatementShape(signature=table.signature, columns=said))
        record("statement.shape", actor=by.audit_ref, signature=table.signature, columns=said)


def places_by(table: Table, names: dict[str, tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    """By role the places of columns with these names, those of a role that several may share all, else the first."""
    found: dict[str, tuple[int, ...]] = {}
    for role, usual in names.items():
        in_order = [place for name in usual for place in headings_like(table, [name])]
        if in_order:
            found[role] = tuple(sorted(set(in_order))) if role in MANY else tuple(in_order[:1])
    return found
