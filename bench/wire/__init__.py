"""How fast captured SIP is understood."""
