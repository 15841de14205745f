"""What pyproject.toml cannot say: examples and schemas lie at the top of the repository and ship inside the package."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithData(build_py):
    """Puts copies of them into the wheel. An editable install needs none: the package looks beside itself."""

    def run(self) -> None:
        super().run()
        for name in () if self.editable_mode else ("examples", "schemas"):
            target = Path(self.build_lib, "reconciler", "_data", name)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(name, target)


setup(cmdclass={"build_py": BuildWithData})
