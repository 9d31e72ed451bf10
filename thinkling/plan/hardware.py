"""Devices: memory, bandwidth, peak arithmetic, power, rent. Every line names its source.

Peaks are dense ones, without structured sparsity, with sums in fp32; GB and TB are powers of ten. Rents are
what was listed in the month that is named; they move by a third within a year, so give your own (`--rent`).
NVIDIA's sheets were read through pages that repeat them. What nobody confirmed says "unverified".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from thinkling.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Device:
    """One accelerator, or one machine that computes on its processor."""

    name: str
    memory_bytes: float
    bandwidth: float
    """Bytes a second."""
    bf16_peak: float
    """Operations a second in BF16 (fp32 where the processor has no BF16)."""
    fp8_peak: float | None
    """Operations a second in FP8; None where there are no units for it."""
    watts: float
    rent: float | None
    """Dollars an hour; None where nobody lists it."""
    price: float | None
    """Dollars to buy one, without the machine around it."""
    source: str
    dated: str
    """When the rent and the price were looked up."""
    price_source: str = ""
    """Where rent and price are from."""
    rent_from: str = ""
    """Who gave the rent, where it is not the table's."""
    bought_from: str = ""
    """Who gave the price, where it is not the table's."""
    is_measured: bool = False
    is_processor: bool = False
    """Whether a processor computes and not a GPU."""
    is_whole: bool = False
    """Whether price and power are those of a whole computer, with no node around it."""

    def peak(self, is_fp8: bool) -> float:
        """The peak for products of FP8 or of BF16."""
        return self.fp8_peak if is_fp8 and self.fp8_peak else self.bf16_peak

    def with_prices(self, rent: float | None, price: float | None = None) -> Device:
        """The same with another rent or price, in dollars; None leaves what the table says."""
        given = self
        if rent is not None:
            given = replace(given, rent=rent, rent_from=_GIVEN)
        return given if price is None else replace(given, price=price, bought_from=_GIVEN)

    @property
    def prices_from(self) -> str:
        """Where rent and price are from, in words."""
        given = [f"rent {self.rent_from}"] if self.rent_from else []
        given += [f"purchase {self.bought_from}"] if self.bought_from else []
        listed = (
            []
            if len(given) == 2
            else [f"{'others' if given else 'prices'} of {self.dated}, {self.price_source}"]
        )
        return "; ".join((*given, *listed))


_GIVEN = "given by you"
_NVIDIA = "NVIDIA data sheet"
_RENTS = "2026-05"
_QUOTES = "purchase: dealers' quotes of 2024 and 2025, unverified"
_CLOUDS = f"rent: specialised clouds, as listed by mercatus-ai.com (2026-05); {_QUOTES}"
_SPHERON = f"rent: spheron.network (2026-03); {_QUOTES}"
_MAKER = "purchase: the maker's list price at release"
_APPLE = "Apple specifications (bandwidth); power is our estimate, unverified; arithmetic: "

_DEVICES = (
    Device(
        "a100", 80e9, 2.039e12, 312e12, None, 400, 1.40, 12_000,
        f"{_NVIDIA} A100 80GB SXM", _RENTS, price_source=_CLOUDS,
    ),
    Device(
        "h100", 80e9, 3.35e12, 989e12, 1979e12, 700, 2.70, 30_000,
        f"{_NVIDIA} H100 SXM", _RENTS, price_source=_CLOUDS,
    ),
    Device(
        "h800", 80e9, 3.35e12, 989e12, 1979e12, 700, 2.00, None,
        "H100 SXM with NVLink at 400 GB/s; rent as DeepSeek counts it (arXiv 2412.19437, table 1)", "2024-12",
        price_source="rent: as DeepSeek counts it",
    ),
    Device(
        "h200", 141e9, 4.8e12, 989e12, 1979e12, 700, 3.60, 35_000,
        f"{_NVIDIA} H200 SXM", _RENTS, price_source=_CLOUDS,
    ),
    Device(
        "h20", 96e9, 4.0e12, 148e12, 296e12, 400, None, None,
        f"{_NVIDIA} H20; its power is unverified", _RENTS, price_source="of which none was found",
    ),
    Device(
        "b200", 180e9, 8.0e12, 2250e12, 4500e12, 1000, 6.00, 45_000,
        f"{_NVIDIA} HGX B200", "2026-03", price_source=_SPHERON,
    ),
    Device(
        "rtx4090", 24e9, 1.008e12, 165.2e12, 330.3e12, 450, 0.60, 1_800,
        "NVIDIA Ada whitepaper, appendix A", _RENTS,
        price_source=f"rent: unverified; {_QUOTES}",
    ),
    Device(
        "rtx5090", 32e9, 1.792e12, 209.5e12, 419e12, 575, 0.76, 2_500,
        "NVIDIA RTX Blackwell whitepaper, appendix A", "2026-03",
        price_source=_SPHERON,
    ),
    Device(
        "m2-ultra", 192e9, 0.8e12, 27.2e12, None, 150, None, 6_600,
        f"{_APPLE}76 cores x 256 fp32 operations x 1.398 GHz", "2023-06",
        price_source=f"{_MAKER}, with 76 cores and 192 GB", is_whole=True,
    ),
    Device(
        "m3-ultra", 512e9, 0.819e12, 28.4e12, None, 160, None, 9_500,
        f"{_APPLE}80 cores in fp32, unverified", "2025-03",
        price_source=f"{_MAKER}, with 512 GB, unverified", is_whole=True,
    ),
    Device(
        "m4-max", 128e9, 0.546e12, 18.4e12, None, 90, None, 4_700,
        f"{_APPLE}40 cores in fp32, unverified (hmc-tech.com has 17.2)", "2024-11",
        price_source=f"{_MAKER}, of a laptop with 128 GB, unverified", is_whole=True,
    ),
    Device(
        "epyc-9654", 768e9, 460.8e9, 14.7e12, None, 360, None, 11_805,
        "AMD: 96 cores at 2.4 GHz x 64 BF16 operations a cycle, 12 channels of DDR5-4800 (768 GB "
        "fitted)", "2022-11",
        price_source=f"{_MAKER}, of the processor alone", is_processor=True,
    ),
    Device(
        "epyc-9755", 768e9, 576e9, 44.2e12, None, 500, None, 12_984,
        "AMD: 128 cores at 2.7 GHz x 128 BF16 operations a cycle, 12 channels of DDR5-6000 (768 GB "
        "fitted)", "2024-10",
        price_source=f"{_MAKER}, of the processor alone", is_processor=True,
    ),
    Device(
        "ryzen-7950x", 64e9, 83.2e9, 4.6e12, None, 170, None, 699,
        "AMD: 16 cores at 4.5 GHz x 64 BF16 operations a cycle, 2 channels of DDR5-5200", "2022-09",
        price_source=f"{_MAKER}, of the processor alone", is_processor=True,
    ),
    Device(
        "ryzen-9950x", 96e9, 89.6e9, 8.8e12, None, 170, None, 649,
        "AMD: 16 cores at 4.3 GHz x 128 BF16 operations a cycle, 2 channels of DDR5-5600", "2024-08",
        price_source=f"{_MAKER}, of the processor alone", is_processor=True,
    ),
)  # fmt: skip

DEVICES: dict[str, Device] = {one.name: one for one in _DEVICES}


def device_named(text: str) -> Device:
    """The device of that name. Raises ConfigError, which names the nearest."""
    name = text.strip().lower().replace(" ", "-").replace("rtx-", "rtx").removeprefix("nvidia-")
    if name in DEVICES:
        return DEVICES[name]
    close = get_close_matches(name, DEVICES, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ConfigError(f"There is no device {text!r} in the table.", f"{hint}there are {', '.join(DEVICES)}")


def rent_of(device: Device) -> float:
    """Dollars an hour. Raises ConfigError where the table has none."""
    if device.rent is None:
        raise ConfigError(
            f"No hourly price is known for {device.name!r}.", "give one with --rent, in dollars an hour"
        )
    return device.rent
