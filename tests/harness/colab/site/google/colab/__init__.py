"""Importable on Colab, on Kaggle and in VS Code: it says nothing of the front end."""
