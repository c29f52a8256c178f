-- The demo's products are shown by drawings; a real shop's have photos. The files themselves are never asked for.
INSERT INTO catalog_picture (uid, product_id, file, card_file, width, height, alt_zh, alt_en, position, created_at)
SELECT gen_random_uuid(), id, 'pictures/' || slug || '.webp', 'pictures/' || slug || '-card.webp', 1600, 1200,
    name_zh, name_en, 0, now()
FROM catalog_product p WHERE NOT EXISTS (SELECT 1 FROM catalog_picture i WHERE i.product_id = p.id);
