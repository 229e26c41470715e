"""Brokerage layouts, one file per custodian, found by discovery."""
