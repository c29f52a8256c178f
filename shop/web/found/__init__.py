"""For whoever looks the shop up elsewhere: search engines, networks that show a link, a phone's home screen."""
