"""A small invented project: the received files of a quarter, for a first look and for the tests.

The figures that follow from these rows are worked out by hand in tests/demo/test_demo.py. The municipalities are
real, everything said about them is invented.
"""

from pipeline.demo.write_demo import AS_OF_DATES, lay_out

__all__ = ["AS_OF_DATES", "lay_out"]
