# SPDX-License-Identifier: EUPL-1.2
"""Notices beyond the screen.

Which route hears of what (`routes`), in which words (`words`), through what (`channel`), and who
carries them there without holding up anything else (`post`).
"""
