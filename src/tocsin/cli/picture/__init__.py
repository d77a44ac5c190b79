"""The picture of an alarm: where calls are lost, and what was seen against what was expected."""

from tocsin.cli.picture.course import Course, Marks
from tocsin.cli.picture.figure import Picture, check_format, draw

__all__ = ["Course", "Marks", "Picture", "check_format", "draw"]
