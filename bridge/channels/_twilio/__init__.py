"""The inner rooms of the channel of kind `twilio`."""
