"""Lines drawn from text: words composed, set in the system's faces, and worn as print, paper and scan wear them."""
