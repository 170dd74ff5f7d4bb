"""Measurements of the whole, as commands: never part of the tests, for a duration is no pass or fail."""
