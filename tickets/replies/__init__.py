"""Quick replies: ready words with variables from the case, found by pinyin, suggested, their effect counted."""
