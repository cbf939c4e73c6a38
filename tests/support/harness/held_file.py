"""A file system that does not answer: who opens the file waits until it answers. Needs root."""
import ctypes
import os
import struct

CLASS_CONTENT, CLOEXEC, NONBLOCK = 0x4, 0x1, 0x2
MARK_ADD, OPEN_PERMISSION, AT_FDCWD = 0x1, 0x10000, -100
ALLOW = 0x1
# struct fanotify_event_metadata and fanotify_response of <sys/fanotify.h>.
EVENT, ANSWER = struct.Struct('=IBBHQii'), struct.Struct('=iI')


class HeldFile:
    """Within `with`, each open() of the file waits. The kernel lets them go when the test ends in any way."""

    def __init__(self, path):
        self.path = path
        self.channel = None

    def __enter__(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.channel = libc.fanotify_init(CLASS_CONTENT | CLOEXEC | NONBLOCK, os.O_RDONLY | os.O_CLOEXEC)
        if self.channel < 0:
            raise OSError(ctypes.get_errno(), 'fanotify_init')
        mark = libc.fanotify_mark
        mark.argtypes = ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p
        if mark(self.channel, MARK_ADD, OPEN_PERMISSION, AT_FDCWD, os.fsencode(self.path)) != 0:
            raise OSError(ctypes.get_errno(), 'fanotify_mark', str(self.path))
        return self

    def __exit__(self, *_):
        try:
            events = os.read(self.channel, 65536)
        except BlockingIOError:
            events = b''
        for place in range(0, len(events), EVENT.size):
            *_, descriptor, _ = EVENT.unpack_from(events, place)
            os.write(self.channel, ANSWER.pack(descriptor, ALLOW))
            os.close(descriptor)
        os.close(self.channel)
