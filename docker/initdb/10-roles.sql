-- The application's role, on both servers with the same password.
CREATE ROLE app LOGIN PASSWORD 'app';
GRANT ALL ON DATABASE shop TO app;
GRANT ALL ON SCHEMA public TO app;
