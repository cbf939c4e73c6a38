#!/usr/bin/python3
"""The portable archive on Debian 13."""
import portable_debian

if __name__ == '__main__':
    portable_debian.run_tests(13, portable_debian.TheInstaller)
