"""Answers in the shapes of documented APIs, with values made up: many pages, one page and none."""
