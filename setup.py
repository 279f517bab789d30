"""What setup.cfg cannot say: a build leaves nothing in the checkout.

setuptools keeps `build/lib` from one installation to the next and packs whatever lies in it, a module
or a page of a contract that has been deleted since too; kinds and pages are found by being there.
"""

from tempfile import TemporaryDirectory

from setuptools import setup

with TemporaryDirectory() as place:
    setup(options={"build": {"build_base": place}})
