"""Brokerage spreadsheets to one household: bytes -> sheets -> layout -> records -> household -> reconcile."""
