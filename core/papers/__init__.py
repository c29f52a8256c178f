"""The one maker of pictures and papers: PNG by `Picture`, PDF by `Paper`, in our colours and typefaces, with QR codes.

The same words give the same bytes, in each process and on each machine: nothing of the day or the machine gets in but
the moment that a paper is told.
"""
