"""A kernel as Colab starts it: subclasses of kernel and shell (google.colab._kernel, google.colab._shell)."""

from __future__ import annotations

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell


class Shell(ZMQInteractiveShell):
    """Colab's has its own `system`; the class is what matters here."""


class Kernel(IPythonKernel):
    """Colab's overrides more; the class is what matters here."""

    shell_class = Shell


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Kernel)
