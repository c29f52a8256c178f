"""How fast the shop is: `make bench` measures it against a bare Django view on the same machine, in the same minute."""
