"""A stand-in for WeChat: its page that asks, and its answer to a code. Nothing here is WeChat's, nobody here is real."""
