"""Accounts that buy for a company."""

from stdnum.cn import uscc

from app.accounts.models import Account
from app.companies.declaring import declare_company
from app.foundation.clock import now

NAME, CODE = "上海示例云算力（集团）有限公司", "91110000600037341L"


def a_code(serial: int) -> str:
    """A code with a right check character, one for each number below a thousand million."""
    bare = f"91310115{serial:09d}"
    return bare + str(uscc.calc_check_digit(bare))


def with_company(account: Account, name: str = NAME, code: str = CODE) -> Account:
    declare_company(account, name, code, now())
    return account
