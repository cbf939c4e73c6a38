#!/usr/bin/python3
"""The portable archive on Debian 12."""
import portable_debian

if __name__ == '__main__':
    portable_debian.run_tests(12, portable_debian.TheInstaller, portable_debian.TheInstallerOnAnyDebian)
