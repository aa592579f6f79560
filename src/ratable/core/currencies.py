"""ISO 4217: how many decimals each currency has.

Worked example: USD has 2, so "1200.00" is 120000 minor units; JPY has 0, so "1200" is 1200; BHD has 3, so "1200.000" is
1200000.

The table is frozen here, so that no update of a package can move a figure. It lists every active code (amendments of
ISO 4217 through January 2026) and the codes withdrawn since 2014 that old contracts still carry. Precious metals, units
of account and test codes have no minor unit and are no currency here.
"""

import polars as pl

_CODES_BY_EXPONENT: dict[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
        COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
        INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
        MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
        STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHDRAWN_BY_EXPONENT: dict[int, str] = {
    0: "BYR",
    2: "ANG BGN CUC HRK LTL MRO SLL STD VEF ZWL",
}

EXPONENTS: dict[str, int] = {
    code: exponent
    for by_exponent in (_CODES_BY_EXPONENT, _WITHDRAWN_BY_EXPONENT)
    for exponent, codes in by_exponent.items()
    for code in codes.split()
}


def exponent(currency: pl.Expr) -> pl.Expr:
    """The number of decimals of each currency code, Int64; null where the code is none of ISO 4217.

    Args:
        currency: codes such as "USD", String.
    """
    return currency.replace_strict(EXPONENTS, default=None, return_dtype=pl.Int64)
