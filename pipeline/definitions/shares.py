"""A share in German words, in the three ways in which users read one."""

from __future__ import annotations

from fractions import Fraction


def percent(share: Fraction) -> str:
    """Exact, as the rules write a threshold: ``70 %``, ``12,5 %``. For shares of at most six decimals."""
    hundred = share * 100
    if hundred.denominator == 1:
        return f"{hundred.numerator} %"
    whole, rest = divmod(hundred, 1)
    return f"{whole},{str(int(rest * 10**4)).rjust(4, '0').rstrip('0')} %"


def rounded_percent(share: Fraction) -> str:
    """Two places, rounded half to even like everything that is only shown: ``66,67 %``."""
    hundredths = round(share * 10**4)
    return f"{hundredths // 100},{hundredths % 100:02d} %"


def about_percent(share: Fraction) -> str:
    """Exact where two places tell it, else said to be rounded: ``24 %``, ``rund 66,67 %``."""
    return percent(share) if (share * 10**4).denominator == 1 else f"rund {rounded_percent(share)}"
