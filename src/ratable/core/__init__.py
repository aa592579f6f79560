"""Words that every room shares: money, periods, tables, policies, findings, accounts, identifiers."""
