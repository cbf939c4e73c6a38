#!/usr/bin/python3
"""The package for Debian 13."""
import debian

if __name__ == '__main__':
    debian.run_tests(13, debian.ThePackage, debian.TheService)
