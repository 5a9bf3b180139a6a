"""A share in German words, in the three forms that users read."""

from __future__ import annotations

from fractions import Fraction


def percent(share: Fraction) -> str:
    """Return the share exactly, as the rules write thresholds: ``70 %``, ``12,5 %``; at most six decimals."""
    hundred = share * 100
    if hundred.denominator == 1:
        return f"{hundred.numerator} %"
    whole, rest = divmod(hundred, 1)
    return f"{whole},{str(int(rest * 10**4)).rjust(4, '0').rstrip('0')} %"


def rounded_percent(share: Fraction) -> str:
    """Return the share with two decimals, rounded half to even: ``66,67 %``."""
    hundredths = round(share * 10**4)
    return f"{hundredths // 100},{hundredths % 100:02d} %"


def about_percent(share: Fraction) -> str:
    """Return the share exactly where two decimals suffice, else marked as rounded: ``24 %``, ``rund 66,67
    %``.
    """
    return percent(share) if (share * 10**4).denominator == 1 else f"rund {rounded_percent(share)}"
