"""Events: live changes, pushed to browsers."""
