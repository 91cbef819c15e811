import asyncpg, pytest
@pytest.mark.parametrize("n", range(8))
async def test_a(database_url: str, redis_prefix: str, n: int) -> None:
    c = await asyncpg.connect(database_url)
    print(await c.fetch("select tablename from pg_tables where schemaname='public'"))
    print(database_url, redis_prefix); await c.close()
def test_sync(database_url: str) -> None: pass
