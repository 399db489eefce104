# SPDX-License-Identifier: EUPL-1.2
"""A second world, made otherwise than `tarazy simulate people`, that nothing is tuned on."""
