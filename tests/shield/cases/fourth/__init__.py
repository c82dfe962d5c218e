"""The fourth stock: families in none of the others, frozen before any rule was run on it."""
from . import harmless, numbers, texts, tokens, words
