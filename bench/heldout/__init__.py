# SPDX-License-Identifier: EUPL-1.2
"""A second world and a third, made otherwise than `tarazy simulate`; nothing is tuned on them."""
