"""tocsin keeps emergency calls getting through when an operator's voice network fails."""
