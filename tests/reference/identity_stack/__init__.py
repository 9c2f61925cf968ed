"""Running stacks and identity providers for identity.py, social.py and browser.py."""
