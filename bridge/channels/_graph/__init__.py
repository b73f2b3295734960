"""What Facebook and Instagram share: Meta's Graph API, its tokens, its refusals and its webhooks."""
