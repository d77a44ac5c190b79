"""The picture of an alarm: where calls are lost, and what was seen against what was expected."""

from tocsin.cli.picture.course import Course
from tocsin.cli.picture.figure import Picture, draw

__all__ = ["Course", "Picture", "draw"]
