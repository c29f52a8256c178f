"""The shop's own front: what comes by HTTP is taken in whole before a thread is given to it (decision 0016).

The server (granian, Rust) has the sockets and reads; its one thread for Python in a process bounds bodies in time and
space, and answers at once what needs no waiting; a few threads do what a WSGI application does.
"""
