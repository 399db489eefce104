# SPDX-License-Identifier: EUPL-1.2
"""The audit log: an append-only Merkle tree of who did, saw, or was refused what, and when."""
