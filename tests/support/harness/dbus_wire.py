"""DBus messages as bytes, little-endian, for tests that send what no library sends."""
import struct

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = range(1, 9)
HELLO = {PATH: '/org/freedesktop/DBus', DESTINATION: 'org.freedesktop.DBus', INTERFACE: 'org.freedesktop.DBus',
         MEMBER: 'Hello'}


def _aligned(data, size=8):
    return data + b'\0' * (-len(data) % size)


def text(value):
    return struct.pack('<I', len(value)) + value.encode() + b'\0'


def _field(code, value):
    if code == REPLY_SERIAL:
        signature, data = b'u', struct.pack('<I', value)
    elif code == SIGNATURE:
        signature, data = b'g', bytes([len(value)]) + value.encode() + b'\0'
    else:
        signature, data = (b'o' if code == PATH else b's'), text(value)
    return bytes([code, 1]) + signature + b'\0' + data


def message(kind, fields, body=b'', serial=1):
    packed = b''
    for code, value in fields.items():
        packed = _aligned(packed) + _field(code, value)
    flags = 0 if kind == CALL else 1  # no reply expected
    head = struct.pack('<cBBBIII', b'l', kind, flags, 1, len(body), serial, len(packed))
    return _aligned(head + packed) + body


def serial_of(data):
    return struct.unpack_from('<I', data, 8)[0]
