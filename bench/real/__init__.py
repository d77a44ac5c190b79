"""Real event series: losses injected into a county's dispatches, and a bank's lost trunk unit."""
