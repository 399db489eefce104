# SPDX-License-Identifier: EUPL-1.2
"""Digital Anticor: public contracts in, red flags with their evidence out."""
