"""Small bundles for the tests of this room, as text and as files."""

from pathlib import Path

from ratable.bundle import reading
from ratable.core import bundles

SMALLEST = """\
products: [{id: plan, name: Plan, method: straight_line}]
customers: [{id: acme, name: Acme}]
invoices:
  - id: I-1
    customer: acme
    currency: USD
    issued_on: 2026-01-15
    lines:
      - {id: I-1-1, amount: "31.00", product: plan, service_start: 2026-01-15, service_end: 2026-02-14}
"""

FLAT = {
    "products.csv": "id,name,method\nplan,Plan,straight_line\n",
    "customers.csv": "id,name\nacme,Acme\n",
    "invoices.csv": "id,customer,currency,issued_on\nI-1,acme,USD,2026-01-15\n",
    "invoice_lines.csv": (
        "id,invoice,amount,product,service_start,service_end\nI-1-1,I-1,31.00,plan,2026-01-15,2026-02-14\n"
    ),
}

CONTRACT = """\
products:
  - {id: plan, name: Plan, method: straight_line}
  - {id: calls, name: Calls, method: usage}
customers: [{id: acme, name: Acme}]
contracts:
  - id: C-1
    customer: acme
    currency: USD
    signed_on: 2026-01-05
    start: 2026-01-01
    end: 2026-12-31
    lines: [{id: C-1-1, product: plan, price: "1200.00"}]
"""


def read_yaml(text: str, folder: Path) -> bundles.Bundle:
    """The bundle of a YAML text."""
    path = folder / "bundle.yaml"
    path.write_text(text, encoding="utf-8")
    return reading.read(path)


def write_flat(folder: Path, files: dict[str, str] | None = None) -> Path:
    """A folder of tables: those of FLAT, with some of them replaced."""
    folder.mkdir(exist_ok=True)
    for name, text in (FLAT | (files or {})).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def codes(bundle: bundles.Bundle) -> list[str]:
    """The codes of a bundle's findings, in their order."""
    return bundle.findings["code"].to_list()
