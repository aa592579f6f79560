"""`ratable init`: a first bundle that runs, to be changed into one's own."""

from pathlib import Path

from ratable.cli import files, refusals

NAME = "contracts.yaml"
STARTER = """\
# A bundle: what was sold, billed and used. Change it, then run
#   ratable run contracts.yaml --through 2026-12-31
# Amounts are quoted decimals; dates are YYYY-MM-DD, and `end` is the last day of service. `ratable schema` lists all
# tables and columns.

products:
  - {id: platform, name: Platform Access, method: straight_line, proration: monthly_prorated}
  - {id: setup, name: Implementation, method: point_in_time}

customers:
  - {id: acme, name: Acme}

# 10% off the whole contract is shared by standalone selling price: 10,800.00 and 2,700.00.
contracts:
  - id: C-1
    customer: acme
    currency: USD
    signed_on: 2026-01-01
    start: 2026-01-01
    end: 2026-12-31
    discount: {percent: "10"}
    lines:
      - id: C-1-1
        product: platform
        price: "12000.00"
        ssp: "12000.00"
        billing: {frequency: annual, timing: advance}
      - id: C-1-2
        product: setup
        price: "3000.00"
        ssp: "3000.00"
        delivered_on: 2026-01-15
        billing: {frequency: once}
"""


def write(folder: Path) -> Path:
    """Write the starter bundle into a folder.

    Raises:
        refusals.Refusal: the file is there already, or cannot be written.
    """
    path = folder / NAME
    if path.exists():
        raise refusals.Refusal(f"{path} is there already, and was left as it is; move it, or name another folder.")
    if not folder.is_dir():
        raise refusals.Refusal(f"{folder}: saw no such folder; expected one to write {NAME} into. Make it first.")
    with files.written(path) as out:
        out.write(STARTER.encode())
    return path
